// A claim's page: the picture is opened at its newest end, where people look first.
"use strict";
for (const picture of document.querySelectorAll(".timeline-scroll")) picture.scrollLeft = picture.scrollWidth;
